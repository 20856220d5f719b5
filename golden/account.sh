#!/bin/sh
# Runs the Snowflake cases on a real account, in databases of their own, which they drop: account.sh, where these are set:
#
#   SNOWFLAKE_ACCOUNT, SNOWFLAKE_USER
#   SNOWFLAKE_PASSWORD    or a programmatic access token in its place
#   SNOWFLAKE_WAREHOUSE   that runs the statements
#   SNOWFLAKE_ROLE        that can create databases
set -eu

for name in SNOWFLAKE_ACCOUNT SNOWFLAKE_USER SNOWFLAKE_PASSWORD SNOWFLAKE_WAREHOUSE SNOWFLAKE_ROLE; do
	if [ -z "$(printenv "$name" || true)" ]; then
		echo "test-snowflake: NOTHING WAS RUN on Snowflake: $name is not set (golden/account.sh says what is needed)" >&2
		exit 0
	fi
done
DBTWAC_REAL_SNOWFLAKE=1 DBTWAC_REQUIRE_SNOWFLAKE=1 exec go test -count=1 -timeout 120m ./golden/e2e -run 'TestMatrix/snowflake|TestFailures/snowflake' -v
