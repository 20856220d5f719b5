"""Makes a dbt project around a manifest's sources: python around.py MANIFEST OUT [--check]

The project has what reads a source as the manifest has it, and stand-ins for the rest, so that the real dbt can parse what is changed
in these files, and the graph can be compared with the manifest's:

    every source, in its own package, with its description, freshness, columns, and generic tests with arguments and config
    each model, snapshot, singular test and analysis in SQL that reads a source, at its original_file_path, with its text
    each model, seed and snapshot that one of these, or a test of a source, refs: one row, under the same id, with its version
    the macros of all packages but dbt's own; one that a dispatch would find on the manifest's adapter only, also for DuckDB
    the variables that these name: each is what makes the consumer read what it reads, or enables it, or else says its own name

The root project is OUT. Other packages are OUT/packages/NAME, local ones, and installed already, as dbt deps would do it: by a link.
The profile is DuckDB in memory, and its schema that of the manifest's target.

With --check dbt parses the project, and the text of each consumer, and the sources and refs in its depends_on and in those of each
test of a source, are compared with the manifest. Differences are printed; the last line counts. It exits with 1 if there are any.

What it does not do: dbt_project.yml and most properties are not in a manifest, so the parse is for graphs, not for names and configs.
There are no other descriptions, tests of models, exposures, unit tests, semantic models or Python models, and nothing can run. The
environment variables that somebody names without a default have to be set. Where the text of macros is a hash, as in the manifests
of golden projects, packages are without them. Manifests before version 4 hold too little.
"""

import argparse
import collections
import gzip
import hashlib
import json
import pathlib
import re
import shutil
import subprocess
import sys

import yaml

VAR = r"""\bvar\(\s*["']([\w:.-]+)["']"""
STUB_SNAPSHOT = "{% snapshot NAME %}{{ config(unique_key='id', strategy='check', check_cols='all') }}select 1 as id{% endsnapshot %}\n"
INTERNAL = re.compile(r"dbt|dbt_(postgres|redshift|snowflake|bigquery|duckdb|spark|databricks|clickhouse|trino|sqlserver|fabric|athena)")
PARENT_ADAPTER = {"redshift": "postgres", "databricks": "spark"}
SQL_CONSUMERS = ("model", "snapshot", "test", "analysis")
SNAPSHOT_CONFIG = ("strategy", "unique_key", "updated_at", "check_cols", "target_schema")
TEST_CONFIG = ("severity", "where", "limit", "warn_if", "error_if", "fail_calc", "store_failures", "tags", "meta")


def load(path):
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        return json.load(file)


def text_of(node):
    return node.get("raw_code") or node.get("raw_sql") or ""


def path_of(entry):
    return entry["original_file_path"].replace("\\", "/")


def plain(name):
    return re.sub(r"[^A-Za-z0-9_]", "_", name)


def parents(node, kinds=()):
    return sorted({parent for parent in node.get("depends_on", {}).get("nodes", []) if not kinds or parent.split(".")[0] in kinds})


class Project:
    """What the manifest says about each package, as the files that dbt would have it from."""

    def __init__(self, manifest):
        version = int(re.search(r"/v(\d+)\.json", manifest["metadata"]["dbt_schema_version"]).group(1))
        if version < 4:
            sys.exit(f"around.py: a manifest of version {version}: 4 is the first that holds enough")
        self.manifest = manifest
        self.nodes = manifest["nodes"]
        self.sources = manifest["sources"]
        self.root = self.root_name()
        self.files = {}  # by package and path in it
        self.properties = {}  # likewise, lists of entries by their kind
        self.consumers = {id: node for id, node in self.nodes.items() if self.consumes(node)}
        self.source_tests = {id: node for id, node in self.nodes.items() if node.get("test_metadata") and tested_source(node, self.sources)}
        self.stubs = self.referenced()

    def root_name(self):
        """Return the root package's name, which older manifests hold as a hash only."""
        metadata = self.manifest["metadata"]
        if metadata.get("project_name"):
            return metadata["project_name"]
        for name in sorted({entry["package_name"] for kind in ("nodes", "macros", "docs") for entry in self.manifest[kind].values()}):
            if hashlib.md5(name.encode()).hexdigest() == metadata.get("project_id"):
                return name
        return "root_project"  # which nothing in the manifest belongs to

    @staticmethod
    def consumes(node):
        written = node["resource_type"] in SQL_CONSUMERS and node.get("language") in (None, "sql") and not node.get("test_metadata")
        return written and bool(parents(node, ["source"]))

    def referenced(self):
        """Return the nodes that something in the project refs, and which are no consumers themselves."""
        wanted = set()
        for node in [*self.consumers.values(), *self.source_tests.values()]:
            wanted.update(parents(node, ["model", "seed", "snapshot"]))
        return {id: self.nodes[id] for id in sorted(wanted) if id not in self.consumers and id in self.nodes}

    def put(self, package, path, text):
        self.files[package, path] = "\n".join([*filter(None, [self.files.get((package, path))]), text])

    def build(self):
        for id, node in self.consumers.items():
            path, text = path_of(node), text_of(node)
            if node["resource_type"] == "snapshot":
                config = {key: node["config"][key] for key in SNAPSHOT_CONFIG if node["config"].get(key) is not None}
                entry = {"name": node["name"], "config": config}
                if path.endswith((".yml", ".yaml")):
                    entry["relation"] = re.search(r"{{(.*)}}", text, re.DOTALL).group(1).strip()
                else:  # dbt keeps what is between the block's tags
                    self.put(node["package_name"], path, "{% snapshot " + node["name"] + " %}" + text + "{% endsnapshot %}")
                    path = f"snapshots/{node['name']}_config.yml"
                self.properties.setdefault((node["package_name"], path), {}).setdefault("snapshots", []).append(entry)
            else:
                self.put(node["package_name"], path, text)
        self.put_macros()
        self.put_stubs()
        self.put_sources()
        for (package, path), entries in self.properties.items():
            self.put(package, path, dump({"version": 2} | entries))
        self.put_projects()
        return self.files

    def put_macros(self):
        adapter, names = self.manifest["metadata"]["adapter_type"], collections.defaultdict(set)
        for macro in self.manifest["macros"].values():
            names[macro["package_name"]].add(macro["name"])
        for macro in self.manifest["macros"].values():
            package, path, text = macro["package_name"], f"macros/{plain(path_of(macro))}.sql", macro["macro_sql"]
            if INTERNAL.fullmatch(package) or text.startswith("md5:"):
                continue
            self.put(package, path, text)
            # What a dispatch finds for the manifest's own adapter, it is to find here.
            prefix, _, name = macro["name"].partition("__")
            if prefix in (adapter, PARENT_ADAPTER.get(adapter)) and not {"duckdb__" + name, "default__" + name} & names[package]:
                names[package].add("duckdb__" + name)
                self.put(package, path, re.sub(rf"macro\s+{prefix}__", "macro duckdb__", text, count=1))

    def put_stubs(self):
        for id, node in self.stubs.items():
            name = id.split(".", 2)[2] if node.get("version") is None else plain(id.split(".", 2)[2])
            path, text = {
                "model": (f"models/around/{name}.sql", "select 1 as id\n"),
                "seed": (f"seeds/around/{name}.csv", "id\n1\n"),
                "snapshot": (f"snapshots/around/{name}.sql", STUB_SNAPSHOT.replace("NAME", name)),
            }[node["resource_type"]]
            self.put(node["package_name"], path, text)
        for id, node in {**self.stubs, **self.consumers}.items():
            if node.get("version") is not None:
                stem = pathlib.PurePosixPath(path_of(node)).stem if id in self.consumers else plain(id.split(".", 2)[2])
                listed = self.properties.setdefault((node["package_name"], f"models/around/{plain(node['name'])}.yml"), {"models": [{"name": node["name"], "versions": []}]})
                entry = listed["models"][0]
                entry["versions"].append({"v": node["version"], "defined_in": stem})
                if node["version"] == node.get("latest_version"):
                    entry["latest_version"] = node["version"]

    def put_sources(self):
        for id, source in self.sources.items():
            table = {"name": source["name"], "identifier": source["identifier"]}
            columns = {name: {"name": name} | {key: column[key] for key in ("data_type", "quote") if column.get(key)} for name, column in source["columns"].items()}
            for described, entry in [(source, table), *((source["columns"][name], column) for name, column in columns.items())]:
                if described.get("description"):
                    entry["description"] = verbatim(described["description"])
            config = {key: value for key in ("freshness", "loaded_at_field") if (value := source.get(key) or source.get("config", {}).get(key))}
            if config:
                table["config"] = config
            for test in self.source_tests.values():
                if tested_source(test, self.sources) == id:
                    tested = columns.get((test.get("column_name") or "").strip('"`'), table)
                    tested.setdefault("data_tests", []).append(declared(test, tested is not table))
            if columns:
                table["columns"] = list(columns.values())
            file = self.properties.setdefault((source["package_name"], f"models/around/_{plain(source['source_name'])}.yml"), {})
            file.setdefault("sources", [{"name": source["source_name"], "schema": source["schema"], "tables": []}])[0]["tables"].append(table)

    def packages(self):
        return sorted({package for package, path in self.files} | {self.root})

    def put_projects(self):
        """Make each package's dbt_project.yml, with every folder that a consumer is in."""
        names = self.packages()
        for package in names:
            paths = {"model": {"models"}, "snapshot": {"snapshots"}, "test": {"tests"}, "analysis": {"analyses"}}
            for node in self.consumers.values():
                if node["package_name"] == package:
                    paths[node["resource_type"]].add(path_of(node).split("/")[0])
            project = {"name": package, "version": "1.0.0", "profile": "around", "config-version": 2, "macro-paths": ["macros"], "seed-paths": ["seeds"]}
            project |= {f"{kind}-paths": sorted(folders) for kind, folders in paths.items()}
            if package == self.root:
                project |= {"vars": self.variables(), "flags": {"send_anonymous_usage_stats": False}}
            self.put(package, "dbt_project.yml", dump(project))
        others = [name for name in names if name != self.root]
        if others:
            self.put(self.root, "packages.yml", dump({"packages": [{"local": f"packages/{name}"} for name in others]}))
        # The target's schema is that of the nodes that are given none.
        schemas = collections.Counter(node["schema"] for node in self.nodes.values() if not node.get("config", {}).get("schema") and node["resource_type"] != "test")
        output = {"type": "duckdb", "path": ":memory:", "schema": schemas.most_common(1)[0][0] if schemas else "dev", "threads": 1}
        self.put(self.root, "profiles.yml", dump({"around": {"target": "dev", "outputs": {"dev": output}}}))

    def variables(self):
        """Return what each variable has to be, as far as what was made with it tells: dbt_project.yml is not in a manifest."""
        macros = [macro["macro_sql"] for macro in self.manifest["macros"].values() if not INTERNAL.fullmatch(macro["package_name"])]
        asked = [name for text in [*macros, *map(text_of, self.consumers.values())] for name in re.findall(VAR + r"\s*\)", text)]
        found = {name: name for name in asked}
        for node in self.consumers.values():
            text, own = text_of(node), found.setdefault(node["package_name"], {})
            read = [self.sources[id] for id in parents(node, ["source"])]
            # source(var('name'), 'table') and source('name', var('table'))
            for source in read:
                own.update({name: source["source_name"] for name in re.findall(rf"source\(\s*{VAR}[^)]*\)\s*,\s*[\"']{re.escape(source['name'])}[\"']", text)})
                own.update({name: source["name"] for name in re.findall(rf"source\(\s*[\"']{re.escape(source['source_name'])}[\"']\s*,\s*{VAR}", text)})
            # {{ var('name') }}, where the variable is "{{ source(...) }}"
            whole = set(re.findall(r"{{-?\s*" + VAR + r"\s*\)\s*-?}}", text))
            if len(read) == len(whole) == 1 and "source(" not in text:
                own[whole.pop()] = "{{ source('%s', '%s') }}" % (read[0]["source_name"], read[0]["name"])
            # enabled=var('name', false), of what is enabled
            for config in re.findall(r"enabled\s*=.*", text):
                own.update({name: True for name in re.findall(VAR + r"\s*,\s*[Ff]alse\s*\)", config)})
        return {name: value for name, value in found.items() if value != {}}


def tested_source(test, sources):
    """Return the id of the source that a generic test is declared on: that of its model argument."""
    found = re.search(r"""source\(\s*["'](.+?)["']\s*,\s*["'](.+?)["']\s*\)""", str(test["test_metadata"]["kwargs"].get("model")))
    if not found:
        return None
    named = [id for id in parents(test, ["source"]) if (sources[id]["source_name"], sources[id]["name"]) == found.groups()]
    return named[0] if named else None


def declared(test, of_column):
    """Return a test as a property file has it, below a column or below the table."""
    metadata = test["test_metadata"]
    name = ".".join(filter(None, [metadata.get("namespace"), metadata["name"]]))
    known = ("model", "column_name") if of_column else ("model",)
    entry = {"arguments": {key: value for key, value in metadata["kwargs"].items() if key not in known}}
    config = {key: test["config"][key] for key in TEST_CONFIG if test["config"].get(key) not in (None, [], {})}
    return {name: entry | ({"config": config} if config else {}) | {"name": test["name"]}}


def verbatim(text):
    """Return a text that dbt renders to this one."""
    return "{% raw %}" + text + "{% endraw %}" if "{" in text else text


def dump(value):
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True)


def write(project, out):
    shutil.rmtree(out, ignore_errors=True)
    for (package, path), text in project.build().items():
        file = out / path if package == project.root else out / "packages" / package / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="")
    for package in project.packages():
        if package != project.root:
            (out / "dbt_packages").mkdir(exist_ok=True)
            (out / "dbt_packages" / package).symlink_to(pathlib.Path("..", "packages", package))


def check(project, out):
    """Parse the project and print where the graph of a consumer, or a test of a source, is another. Return how many."""
    dbt = [pathlib.Path(sys.executable).with_name("dbt"), "--quiet", "--no-use-colors", "parse", "--no-partial-parse"]
    done = subprocess.run(dbt, cwd=out, capture_output=True, text=True)
    if done.returncode:
        print(done.stdout + done.stderr)
        return 1
    parsed = load(out / "target" / "manifest.json")
    differ = [f"{id}: no such source" for id in project.sources if id not in parsed["sources"]]
    compared = {id: parsed["nodes"].get(id) for id in project.consumers}
    by_name = {(test["package_name"], test["name"], str(test.get("column_name"))): test for test in parsed["nodes"].values() if test["resource_type"] == "test"}
    for id, test in project.source_tests.items():
        compared[id] = by_name.get((test["package_name"], test["name"], str(test.get("column_name"))))
    kinds = ["source", "model", "seed", "snapshot"]
    for id, node in compared.items():
        want, got = parents(project.nodes[id], kinds), node and parents(node, kinds)
        if want != got:
            differ.append(f"{id}: {want}, and here {got}")
        elif id in project.consumers and text_of(node).strip() != text_of(project.nodes[id]).strip():
            differ.append(f"{id}: has another text here")
    print(*differ, sep="\n", end="\n" if differ else "")
    print(f"{len(project.sources)} sources, {len(project.consumers)} consumers and {len(project.source_tests)} tests of sources, {len(differ)} not as in the manifest")
    return len(differ)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("manifest", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--check", action="store_true", help="parse what was made, and compare")
    options = parser.parse_args()

    project = Project(load(options.manifest))
    write(project, options.out)
    if options.check and check(project, options.out):
        sys.exit(1)


if __name__ == "__main__":
    main()
