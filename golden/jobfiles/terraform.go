package jobfiles

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

var (
	// resource is dbtcloud_job of the provider dbt-labs/dbtcloud, without what is deprecated there.
	resource = shape{
		"project_id": needed("number"), "environment_id": needed("number"), "name": needed("filled"), "description": may("text"),
		"execute_steps": needed("texts"), "triggers": object(triggers), "target_name": needed("filled"), "num_threads": needed("number"),
		"execution": mayObject(shape{"timeout_seconds": needed("number")}), "schedule_type": may("text", "custom_cron"), "schedule_cron": may("filled"),
		"generate_docs": may("flag"), "run_generate_sources": may("flag"), "job_type": may("text", "scheduled", "other"), "dbt_version": may("filled"),
		"validate_execute_steps": may("flag"),
	}
	completion = shape{"job_id": needed("text"), "project_id": needed("number"), "statuses": needed("texts", "success", "error", "canceled")}
	provider   = shape{"source": needed("text", "dbt-labs/dbtcloud"), "version": needed("filled")}
	variable   = shape{"description": needed("filled"), "default": may("number"), "type": needed("text", "number")}
)

// Terraform reads a file of resources. A number of which nobody has said what it is reads as 0.
func Terraform(text string) ([]Job, error) {
	file, diags := hclsyntax.ParseConfig([]byte(text), "dbtwac.tf", hcl.InitialPos)
	if diags.HasErrors() {
		return nil, diags
	}
	body := file.Body.(*hclsyntax.Body)
	if len(body.Attributes) > 0 {
		return nil, errors.New("an attribute outside of all blocks")
	}
	variables, ids, providers := map[string]cty.Value{}, map[string]cty.Value{}, 0
	for _, b := range body.Blocks {
		var err error
		switch {
		case b.Type == "terraform" && len(b.Labels) == 0 && len(b.Body.Blocks) == 1 && b.Body.Blocks[0].Type == "required_providers":
			var attributes map[string]any
			if attributes, err = attributesOf(b.Body.Blocks[0].Body, nil); err == nil {
				err = shape{"dbtcloud": object(provider)}.check("required_providers", attributes)
			}
			providers++
		case b.Type == "variable" && len(b.Labels) == 1 && len(b.Body.Blocks) == 0:
			var number int64
			number, err = numberOf(b)
			_, twice := variables[b.Labels[0]]
			if variables[b.Labels[0]] = cty.NumberIntVal(number); twice {
				err = fmt.Errorf("the variable %s is there twice", b.Labels[0])
			}
		case b.Type == "resource" && len(b.Labels) == 2 && b.Labels[0] == "dbtcloud_job":
			name := b.Labels[1]
			_, twice := ids[name]
			if ids[name] = cty.ObjectVal(map[string]cty.Value{"id": cty.StringVal(name)}); twice || !hclsyntax.ValidIdentifier(name) {
				err = fmt.Errorf("the resource %s is there twice, or its name is none", name)
			}
		default:
			err = fmt.Errorf("a block %s %v", b.Type, b.Labels)
		}
		if err != nil {
			return nil, err
		}
	}
	if providers != 1 {
		return nil, fmt.Errorf("%d blocks of required_providers", providers)
	}
	scope := &hcl.EvalContext{Variables: map[string]cty.Value{"var": cty.ObjectVal(variables), "dbtcloud_job": cty.ObjectVal(ids)}}
	var jobs []Job
	for _, b := range body.Blocks {
		if b.Type == "resource" {
			j, err := jobOf(b, scope)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", b.Labels[1], err)
			}
			jobs = append(jobs, j)
		}
	}
	return jobs, nil
}

func numberOf(b *hclsyntax.Block) (int64, error) {
	attributes, err := attributesOf(b.Body, &hcl.EvalContext{Variables: map[string]cty.Value{"number": cty.StringVal("number")}}) // types are words
	if err == nil {
		err = variable.check(b.Labels[0], attributes)
	}
	value, _ := attributes["default"].(float64)
	return int64(value), err
}

func jobOf(b *hclsyntax.Block, scope *hcl.EvalContext) (Job, error) {
	name := b.Labels[1]
	attributes, err := attributesOf(b.Body, scope)
	if err != nil {
		return Job{}, err
	}
	var r struct {
		Name, Description string
		Environment       int      `json:"environment_id"`
		Steps             []string `json:"execute_steps"`
		Target            string   `json:"target_name"`
		Threads           int      `json:"num_threads"`
		Execution         struct {
			Timeout int `json:"timeout_seconds"`
		}
		Triggers struct{ Schedule bool }
		Type     string `json:"schedule_type"`
		Cron     string `json:"schedule_cron"`
	}
	if err := errors.Join(resource.check(name, attributes), into(attributes, &r)); err != nil {
		return Job{}, err
	}
	if scheduled := r.Triggers.Schedule; scheduled != (r.Cron != "") || scheduled != (r.Type != "") || r.Name != "dbtwac "+name {
		return Job{}, fmt.Errorf("called %q, triggers.schedule is %v, with the schedule_cron %q of type %q", r.Name, scheduled, r.Cron, r.Type)
	}
	words, err := steps(r.Steps)
	j := Job{
		Name: name, Description: r.Description, Steps: words, Target: r.Target, Environment: r.Environment, Schedule: r.Cron, Timeout: r.Execution.Timeout, Threads: r.Threads,
	}
	for i, inner := range b.Body.Blocks {
		condition, attributesErr := attributesOf(inner.Body, scope)
		if i > 0 || inner.Type != "job_completion_trigger_condition" || len(inner.Labels)+len(inner.Body.Blocks) > 0 {
			return Job{}, fmt.Errorf("a block %s", inner.Type)
		}
		err = errors.Join(err, attributesErr, completion.check(inner.Type, condition))
		j.After, _ = condition["job_id"].(string)
		if fmt.Sprint(condition["statuses"]) != "[success]" {
			err = errors.Join(err, fmt.Errorf("started by %v", condition["statuses"]))
		}
	}
	return j, err
}

// attributesOf are those of a body, as JSON has values.
func attributesOf(body *hclsyntax.Body, scope *hcl.EvalContext) (map[string]any, error) {
	values := map[string]any{}
	for name, attribute := range body.Attributes {
		value, diags := attribute.Expr.Value(scope)
		if diags.HasErrors() {
			return nil, diags
		}
		text, err := ctyjson.Marshal(value, value.Type())
		if err != nil {
			return nil, err
		}
		var v any
		if err := json.NewDecoder(strings.NewReader(string(text))).Decode(&v); err != nil {
			return nil, err
		}
		values[name] = v
	}
	return values, nil
}
