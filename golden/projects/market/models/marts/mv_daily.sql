{{
    config(
        materialized='materialized_view',
        enabled=(target.type in ['postgres', 'bigquery']),
        indexes=[{'columns': ['sold_on'], 'unique': true}]
    )
}}

select
    sold_on,
    count(*) as sale_count,
    {{ 'sum(amount)' if target.type == 'bigquery' else 'cast(sum(amount) as decimal(12, 2))' }} as amount
from {{ ref('fct_sales') }}
group by sold_on
