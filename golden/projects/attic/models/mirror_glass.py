def model(dbt, session):
    dbt.config(materialized="view", tags=["panes"])
    return dbt.ref("balance")
