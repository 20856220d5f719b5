package naming_test

import (
	"testing"

	"github.com/dbtwac/dbtwac/compiler/naming"
)

func TestMoves(t *testing.T) {
	for _, tc := range []struct {
		expression string
		want       bool
	}{
		{"target.schema ~ '_x'", true},
		{"{{ env_var('SCHEMA') }}", true},
		{"var ('x')", true},
		{"'x' if flags.FULL_REFRESH else 'y'", true},
		{"CondExpr(test=Call(node=Name(name='var', ctx='load'), args=[Const(value='x')]))", true},
		{"'x' if target.type == 'postgres' else target.name", true},
		{"'x' if target.type == 'postgres' else 'y'", false},
		{"CondExpr(test=Compare(expr=Getattr(node=Name(name='target', ctx='load'), attr='type', ctx='load')))", false},
		{"'target'", false},
		{`\"target_mart\"`, false},
		{"mart", false},
		{"variable", false},
	} {
		if got := naming.Moves(tc.expression); got != tc.want {
			t.Errorf("%s: it moves: %t, want %t", tc.expression, got, tc.want)
		}
	}
}
