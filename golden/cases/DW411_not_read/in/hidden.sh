sudo -u dbt /opt/venv/bin/dbt deps
docker compose run --rm dbt build
"$DBT" test
bash -c 'cd dbt && dbt source freshness'
