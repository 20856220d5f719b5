#!/bin/sh
# Runs the cases of a warehouse on a real account: account.sh snowflake, or account.sh bigquery, where these are set.
#
# Snowflake, in databases of their own, which they drop:
#   SNOWFLAKE_ACCOUNT, SNOWFLAKE_USER
#   SNOWFLAKE_PASSWORD    or a programmatic access token in its place
#   SNOWFLAKE_WAREHOUSE   that runs the statements
#   SNOWFLAKE_ROLE        that can create databases
#
# BigQuery, in datasets of their own, dbtwac_test_*, which they drop; Google's bq has to be on PATH:
#   DBTWAC_BIGQUERY_PROJECT          where datasets can be created, and jobs be run
#   DBTWAC_BIGQUERY_LOCATION         such as US
#   GOOGLE_APPLICATION_CREDENTIALS   the file with the application default credentials
set -eu

case ${1:-} in
snowflake) needed="SNOWFLAKE_ACCOUNT SNOWFLAKE_USER SNOWFLAKE_PASSWORD SNOWFLAKE_WAREHOUSE SNOWFLAKE_ROLE" title=Snowflake ;;
bigquery) needed="DBTWAC_BIGQUERY_PROJECT DBTWAC_BIGQUERY_LOCATION GOOGLE_APPLICATION_CREDENTIALS" title=BigQuery ;;
*)
	echo "account.sh: which warehouse: snowflake or bigquery" >&2
	exit 2
	;;
esac

for name in $needed; do
	if [ -z "$(printenv "$name" || true)" ]; then
		echo "test-$1: NOTHING WAS RUN on $title: $name is not set (golden/account.sh says what is needed)" >&2
		exit 0
	fi
done
if [ "$1" = snowflake ]; then
	export DBTWAC_REAL_SNOWFLAKE=1 DBTWAC_REQUIRE_SNOWFLAKE=1
else
	# bq has credentials of its own, unless it is told to use others.
	export DBTWAC_REAL_BIGQUERY=1 DBTWAC_REQUIRE_BIGQUERY=1 CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE="$GOOGLE_APPLICATION_CREDENTIALS"
fi
exec go test -count=1 -timeout 120m ./golden/e2e -run "TestMatrix/$1|TestFailures/$1" -v
