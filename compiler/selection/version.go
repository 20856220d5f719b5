package selection

import (
	"strconv"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/manifest"
)

// matchVersion compares a model's version with its latest one (VersionSelectorMethod). Without a model nobody looks at the value.
func matchVersion(r *run, c *criterion) set {
	models := r.of(manifest.Model)
	if models.empty() {
		return models
	}
	var f func(*manifest.Node) bool
	switch {
	case !c.value.str:
	case c.value.text == "latest":
		f = func(n *manifest.Node) bool { return n.Versioned() && equal(n.Version, n.LatestVersion) }
	case c.value.text == "prerelease":
		f = func(n *manifest.Node) bool { return bothVersions(n) && older(n.LatestVersion, n.Version) }
	case c.value.text == "old":
		f = func(n *manifest.Node) bool { return bothVersions(n) && older(n.Version, n.LatestVersion) }
	case c.value.text == "none":
		f = func(n *manifest.Node) bool { return !n.Versioned() }
	}
	if f == nil {
		return r.expected(c, "use latest, prerelease, old or none")
	}
	return r.where(models, f)
}

// bothVersions asks for two that Python takes for true: a version 0 is neither old nor a prerelease.
func bothVersions(n *manifest.Node) bool { return truthy(n.Version) && truthy(n.LatestVersion) }

// older compares as numbers where both are, and as text otherwise.
func older(a, b jsondoc.Value) bool {
	x, y := versionText(a), versionText(b)
	f, errX := strconv.ParseFloat(strings.TrimSpace(x), 64)
	g, errY := strconv.ParseFloat(strings.TrimSpace(y), 64)
	if errX == nil && errY == nil {
		return f < g
	}
	return x < y
}

func versionText(v jsondoc.Value) string {
	if v.Kind() == jsondoc.String {
		return v.Text()
	}
	return v.Raw()
}
