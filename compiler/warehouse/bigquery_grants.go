package warehouse

import (
	"errors"
	"regexp"

	"github.com/dbtwac/dbtwac/compiler/plan"
)

// principal is whom a role can be granted to, or all of them.
var (
	principal = regexp.MustCompile(`^(?:(?:user|group|serviceAccount|domain|deleted|principal|principalSet|specialGroup|iamMember):[^\s'"\\` + "`" + `]+|allUsers|allAuthenticatedUsers)$`)
	iamRole   = regexp.MustCompile(`^(?:roles|(?:projects|organizations)/[a-z0-9:.-]+/roles)/[A-Za-z0-9_.]+$`)
)

func (bigQuery) CarriesRole(role string) error {
	if !principal.MatchString(role) {
		return errors.New("it begins with none of group:, user:, serviceAccount: and domain:, as a principal of BigQuery does")
	}
	return nil
}

func (bigQuery) ReadPrivilege() string        { return "roles/bigquery.dataViewer" }
func (bigQuery) IsPrivilege(text string) bool { return iamRole.MatchString(text) }

func (b bigQuery) Grant(privilege string, t plan.Type, name plan.Name, roles []string) []string {
	return []string{"grant " + b.Ident(privilege) + " on " + resource(t) + " " + b.Relation(name) + " to " + b.literals(roles)}
}

func (b bigQuery) Revoke(privilege string, t plan.Type, name plan.Name, roles []string) []string {
	return []string{"revoke " + b.Ident(privilege) + " on " + resource(t) + " " + b.Relation(name) + " from " + b.literals(roles)}
}

// resource is what a type is called where privileges are granted.
func resource(t plan.Type) string {
	return string(t)
}

// GrantUsage: whoever may read a table need not see the dataset that it is in, but would not find it.
func (b bigQuery) GrantUsage(schema plan.Schema, roles []string) []string {
	return []string{"grant `roles/bigquery.metadataViewer` on schema " + b.Schema(schema) + " to " + b.literals(roles)}
}

// GrantFuture, GrantAll: only a swap asks for these.
func (bigQuery) GrantFuture(plan.Schema, []string) []string { return nil }
func (bigQuery) GrantAll(plan.Schema, []string) []string    { return nil }

// Lacking: privileges are IAM's, which SQL cannot ask for what a principal can do.
func (bigQuery) Lacking([]Privilege, []plan.Schema, []string) string { return "" }
