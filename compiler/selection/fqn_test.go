package selection_test

import "testing"

// §2.6 and what dbt 1.12.6 does beyond it.
func TestFQN(t *testing.T) {
	p := doc{}.
		node("model.p.stg_a", fields{"fqn": []string{"p", "staging", "jaffle", "stg_a"}}).
		node("model.p.stg_b", fields{"fqn": []string{"p", "marts", "stg_b"}}).
		node("model.p.my.dotted", fields{"fqn": []string{"p", "marts", "my.dotted"}}).
		node("model.q.other", fields{"fqn": []string{"q", "marts", "other"}}).
		node("model.p.m.v2", fields{"fqn": []string{"p", "marts", "m", "v2"}, "version": 2, "latest_version": 2}).
		node("model.p.m.v4.5", fields{"fqn": []string{"p", "marts", "m", "v4.5"}, "version": 4.5, "latest_version": 2}).
		node("source.p.marts.t", fields{"fqn": []string{"p", "marts", "marts", "t"}}).
		project(t, nil)
	check(t, p, []question{
		{"the leaf", args("stg_a"), "", "stg_a"},
		{"a prefix of folders, sources never", args("marts"), "", "m.v2 m.v4.5 my.dotted stg_b other"},
		{"with the package", args("p.marts"), "", "m.v2 m.v4.5 my.dotted stg_b"},
		{"a folder and its child", args("staging.jaffle"), "", "stg_a"},
		{"part of a name is no prefix", args("stag"), "", ""},
		{"not the middle", args("jaffle"), "", ""},
		{"dots in a name are parts", args("marts.my"), "", "my.dotted"},
		{"a name with a dot as a whole", args("my.dotted"), "", "my.dotted"},
		{"all versions by name", args("m"), "", "m.v2 m.v4.5"},
		{"one version with a dot", args("m.v2"), "", "m.v2"},
		{"one version with an underscore", args("m_v2"), "", "m.v2"},
		{"only the last two parts count", args("zzz.m.v2"), "", "m.v2"},
		{"the dot of a version splits it: not below a folder", args("m.v4.5"), "", ""},
		{"the whole path of a version with a dot", args("marts.m.v4.5"), "", "m.v4.5"},
		{"nor with an underscore", args("m_v4.5"), "", ""},
		{"v2 alone is nothing", args("v2"), "", ""},
		{"a wildcard without a dot: the rest, or the leaf", args("stg*"), "", "stg_a stg_b"},
		{"the leaf of a version is the name", args("m*"), "", "m.v2 m.v4.5 my.dotted stg_b other"},
		{"a star crosses dots", args("p.*a"), "", "stg_a"},
		{"a wildcard behind a literal part", args("marts.stg_?"), "", "stg_b"},
		{"more parts than the name has", args("p.marts.stg_b.*"), "", ""},
		{"a closing bracket is a wildcard that matches itself", args("stg_a]"), "", ""},
		{"everything but sources", args("fqn:*"), "", "m.v2 m.v4.5 my.dotted stg_a stg_b other"},
	})
}
