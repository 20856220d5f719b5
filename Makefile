# `make demo` and `make test` are all that a fresh machine with Go and Python 3.11 or newer, for BigQuery 3.13 or newer, needs.
.DEFAULT_GOAL := help
.PHONY: help build demo test test-full test-go test-snowflake test-bigquery python python-snowflake python-bigquery lint fuzz bench bench-large mutants update

GOLANGCI_LINT = go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOVULNCHECK   = go run golang.org/x/vuln/cmd/govulncheck@v1.9.0

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /	/' | column -t -s '	'

build: ## build ./dbtwac
	go build -o dbtwac ./cmd/dbtwac

demo: build python ## the main job on DuckDB, from a dbt project to published tables
	golden/demo.sh

test: python python-snowflake python-bigquery ## all tests, with real dbt, DuckDB, PostgreSQL and emulators of Snowflake and BigQuery
	DBTWAC_REQUIRE_DBT=1 DBTWAC_REQUIRE_SNOWFLAKE=1 DBTWAC_REQUIRE_BIGQUERY=1 go test -timeout 60m ./...

test-full: python python-snowflake python-bigquery ## all tests with nothing sampled: a failure before every statement, 20,000 questions to dbt
	DBTWAC_REQUIRE_DBT=1 DBTWAC_REQUIRE_SNOWFLAKE=1 DBTWAC_REQUIRE_BIGQUERY=1 DBTWAC_FULL=1 DBTWAC_SELECTIONS=20000 go test -timeout 90m ./...

test-go: ## the tests that need no Python
	go test ./...

test-snowflake: python python-snowflake ## the Snowflake cases on a real account, where SNOWFLAKE_ACCOUNT and the like are set
	@golden/account.sh snowflake

test-bigquery: python python-bigquery ## the BigQuery cases in a real project, where DBTWAC_BIGQUERY_PROJECT and the like are set
	@golden/account.sh bigquery

python: ## make .venv with dbt, DuckDB and PostgreSQL, from the lock in golden/python
	@golden/python/install.sh

python-snowflake: ## make .venv-snowflake and .venv-snowflake-cli, for the tests on an emulator of Snowflake
	@golden/python/install.sh snowflake
	@golden/python/install.sh snowflake-cli

python-bigquery: ## make .venv-bigquery, for the tests on an emulator of BigQuery, which needs Python 3.13 or newer
	@golden/python/install.sh bigquery

lint: ## formatting, vet, linters, known vulnerabilities
	$(GOLANGCI_LINT) run
	go mod tidy -diff
	golden/vulncheck.sh $(GOVULNCHECK)

fuzz: ## every fuzz target for FUZZTIME (default 10s)
	golden/fuzz.sh $(or $(FUZZTIME),10s)

bench: ## compile of 10,000 models beside one validation of the same bytes; selection
	go test -run '^$$' -bench . -benchtime 5x ./cmd/dbtwac ./compiler/selection

bench-large: ## compile of 1,000, 10,000 and 100,000 models beside the same
	DBTWAC_BENCH_LARGE=1 go test -run '^$$' -bench 'Compile|Yardstick' -benchtime 3x ./cmd/dbtwac

mutants: ## each code made invisible in turn: a golden case of it has to fail
	golden/mutants.sh

update: ## rewrite the golden files
	go test ./cmd/dbtwac -update
