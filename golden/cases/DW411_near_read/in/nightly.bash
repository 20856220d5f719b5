#!/usr/bin/env bash
build() { dbt build --select "$@"; }
for layer in staging marts; do build "$layer.*"; done
[[ -n ${CI:-} ]] || exec dbt docs generate
