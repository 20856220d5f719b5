dbt build --target staging
dbt run-operation dbtwac_nightly_publish_1 --target prod
