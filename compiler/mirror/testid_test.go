package mirror

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/plan"
)

// TestTestID: the unique ids are those that dbt 1.12 has given to these tests.
func TestTestID(t *testing.T) {
	for _, tc := range []struct {
		model string
		test  plan.Test
		want  string
	}{
		{"raw_lab__samples", plan.Test{Name: "unique", Column: "id"}, "test.mill.unique_raw_lab__samples_id.cbbc3a9d76"},
		{"raw_farm__growers", plan.Test{Name: "not_null", Column: `"Since Year"`}, "test.mill.not_null_raw_farm__growers__Since_Year_.8410a63225"},
		{"raw_farm__grain_types", plan.Test{Name: "accepted_values", Column: "code", Arguments: []plan.Argument{{Key: "values", JSON: `["RYE", "WHEAT", "OAT", "SPELT, \"old\"", "it''s"]`}}},
			"test.mill.accepted_values_raw_farm__grain_types_code__RYE__WHEAT__OAT__SPELT_old___it_s.c87e08b209"},
		{"raw_farm__grain_types", plan.Test{Name: "accepted_values", Label: "raw_grade_is_known", Column: "grade", Arguments: []plan.Argument{{Key: "quote", JSON: "false"}, {Key: "values", JSON: "[1, 2, 3]"}}},
			"test.mill.raw_grade_is_known.147365eea8"},
		{"raw_scale__weighings", plan.Test{Name: "relationships", Label: "raw_weighings_know_their_scale", Column: "scale_id", Arguments: []plan.Argument{{Key: "field", JSON: `"id"`}, {Key: "to", JSON: `"ref(\"raw_scale__scales\")"`}}},
			"test.mill.raw_weighings_know_their_scale.3ea1a397c3"},
		{"raw_farm__deliveries", plan.Test{Name: "dbt.unique", Label: "raw_one_delivery_a_day", Arguments: []plan.Argument{{Key: "column_name", JSON: `"grower_id || '/' || grain || '/' || delivered_on"`}}},
			"test.mill.raw_one_delivery_a_day.31d495f2c6"},
		{"raw_farm__deliveries", plan.Test{Name: "plausible", Arguments: []plan.Argument{
			{Key: "at_most", JSON: "3"}, {Key: "columns", JSON: `["kilos", "moisture"]`}, {Key: "limits", JSON: `{"low": 0, "high end": 5000}`},
			{Key: "note", JSON: `"It's \"dry\" enough: 100 %\n{# as they say #}"`}, {Key: "share", JSON: "0.25"}, {Key: "strict", JSON: "true"},
		}}, "test.mill.plausible_raw_farm__deliveries_3__kilos__moisture__0__5000__It_s_dry_enough_100_as_they_say___0_25__True.e139a9a03e"},
	} {
		t.Run(tc.want, func(t *testing.T) {
			if d := cmp.Diff(tc.want, testID("mill", plan.Copied{Name: tc.model}, tc.test)); d != "" {
				t.Errorf("dbt gives it another id (-dbt +ours):\n%s", d)
			}
		})
	}
}

// TestRepr: texts are written as Python's repr() writes them.
func TestRepr(t *testing.T) {
	for text, want := range map[string]string{
		"":               `''`,
		"plain":          `'plain'`,
		"it's":           `"it's"`,
		`"quoted"`:       `'"quoted"'`,
		`it's "both"`:    `'it\'s "both"'`,
		"a\\b\n\r\t":     `'a\\b\n\r\t'`,
		"größe 山田":       `'größe 山田'`,
		"\x00\x7f\u0085": `'\x00\x7f\x85'`,
		"\u200b\u2028":   `'\u200b\u2028'`,
		"😀\U000e0001":    `'😀\U000e0001'`,
	} {
		if got := repr(text); got != want {
			t.Errorf("repr(%q): want %s, have %s", text, want, got)
		}
	}
}
