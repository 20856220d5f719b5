{{ config(materialized='table', schema=var('chest_schema'), tags=['mart']) }}

select * from {{ ref('balance') }}
