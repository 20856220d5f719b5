"""Makes a committed manifest of a golden project: python manifest.py PROJECT_DIR OUT [--target TARGET] [--profile PROFILE]

Parses a copy of the project with the real dbt (or, with --compile, compiles it, for which the warehouse has to be there, and
--env can say where), then removes what differs from machine to machine and from run to run
(paths, ids, times, the order in which files were found) and what is not the project's own (the text of dbt's macros and
documentation, of which a hash stays). Whoever runs it, and however often, the bytes are the same.
"""

import argparse
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

TIME = "2024-01-01T00:00:00.000000Z"
TIMESTAMP = 1704067200.0  # the same, as created_at has it
INVOCATION = "00000000-0000-0000-0000-000000000000"
ROOT = "/project"

# What a run leaves in the folder of a project, and the files that are made here.
LEFTOVERS = shutil.ignore_patterns("target", "logs", "dbt_packages", "package-lock.yml", "*.duckdb*", ".user.yml", "manifest*.json")


def parse(options):
    """Return the manifest that dbt makes of the project, and the folder it was parsed in."""
    with tempfile.TemporaryDirectory() as work:
        copy = pathlib.Path(work).resolve() / "project"
        shutil.copytree(options.project, copy, ignore=LEFTOVERS)
        # Variables that a project reads, and those that steer dbt, must not leak in from whoever calls this.
        env = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "SYSTEMROOT") if name in os.environ}
        env.update(dict(pair.split("=", 1) for pair in options.env), DBT_SEND_ANONYMOUS_USAGE_STATS="false")
        dbt = [pathlib.Path(sys.executable).with_name("dbt"), "--quiet"]
        profile = ["--profile", options.profile] if options.profile else []
        if (copy / "packages.yml").exists():  # local ones only: no hub is asked
            subprocess.run(dbt + ["deps", *profile], cwd=copy, env=env, check=True)
        command = ["compile" if options.compile else "parse", "--no-partial-parse", "--target", options.target, "--target-path", "target"]
        subprocess.run(dbt + command + profile, cwd=copy, env=env, check=True)
        return json.loads((copy / "target" / "manifest.json").read_text(encoding="utf-8")), str(copy)


def scrub(manifest, root):
    metadata = manifest["metadata"]
    metadata.update(generated_at=TIME, invocation_started_at=TIME, run_started_at=TIME, invocation_id=INVOCATION)
    metadata.update(user_id=None, env={})
    own = metadata["project_name"]

    for collection in manifest.values():
        for entry in entries(collection):
            if "created_at" in entry:
                entry["created_at"] = TIMESTAMP
            if entry.get("root_path") == root:
                entry["root_path"] = ROOT
            if entry.get("package_name") != own:
                for text in ("macro_sql", "block_contents"):
                    if text in entry:
                        entry[text] = "md5:" + hashlib.md5(entry[text].encode()).hexdigest()

    # dbt lists things as it meets them on disk. The order within an entry is dbt's own.
    for name in ("parent_map", "child_map", "group_map"):
        for ids in manifest[name].values():
            ids.sort()
    return {
        name: dict(sorted(value.items())) if isinstance(value, dict) and name != "metadata" else value
        for name, value in manifest.items()
    }


def entries(collection):
    """Yield the resources of one part of the manifest. Each entry of `disabled` is a list of them."""
    for value in collection.values():
        for entry in value if isinstance(value, list) else [value]:
            if isinstance(entry, dict):
                yield entry


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("project", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--target", default="staging")
    parser.add_argument("--profile", help="default: the project's")
    parser.add_argument("--compile", action="store_true", help="with compiled_code")
    parser.add_argument("--env", action="append", default=[], metavar="NAME=VALUE", help="for dbt; what is set here is not passed on")
    options = parser.parse_args()

    manifest, root = parse(options)
    text = json.dumps(scrub(manifest, root), indent=2) + "\n"
    if root in text:
        sys.exit(f"manifest.py: {root} is still in the manifest: dbt writes a path that scrub does not know")
    options.out.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
