#!/bin/sh
# Shows that no check can be lost without a test that fails: for each code, the golden cases of that code are run with dbtwac made
# blind to it. A code whose cases pass all the same is a mutant that lives, and the end is not 0.
#
#   golden/mutants.sh [CODE...]   default: every code
set -eu
cd "$(dirname "$0")/.."
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git ls-files -z cmd compiler templates golden go.mod go.sum | tar --null -T - -cf - | tar -xf - -C "$copy"

# Everything that is reported is sorted first. What is named in MUTANT is lost there.
cat >"$copy/compiler/diag/mutant.go" <<'GO'
package diag

import (
	"os"
	"slices"
)

func blind(l List) List {
	return slices.DeleteFunc(slices.Clone(l), func(d Diagnostic) bool { return string(d.Code) == os.Getenv("MUTANT") })
}
GO
sed -i.before 's/out := slices.Clone(l)$/out := blind(l)/' "$copy/compiler/diag/diag.go"
if cmp -s "$copy/compiler/diag/diag.go" "$copy/compiler/diag/diag.go.before"; then
	echo "mutants.sh: List.Sorted does not begin with a clone any more: change the line that makes the mutants" >&2
	exit 1
fi
(cd "$copy" && go test -c -o golden.test ./cmd/dbtwac && go run ./cmd/dbtwac explain) >"$copy/explained"

codes=${*:-$(cut -d' ' -f1 "$copy/explained")}
killed=0 alive=
for code in $codes; do
	if (cd "$copy/cmd/dbtwac" && MUTANT=$code ../../golden.test -test.run "^TestGolden\$/^${code}_") >"$copy/log" 2>&1; then
		alive="$alive $code"
	elif grep -q '^    --- FAIL: TestGolden/' "$copy/log"; then
		killed=$((killed + 1))
	else
		cat "$copy/log" >&2
		exit 1
	fi
done
echo "$killed mutants killed${alive:+, alive:$alive}"
[ -z "$alive" ]
