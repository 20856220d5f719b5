{{ config(materialized='view', tags=['mart']) }}

select * from staging.balance
