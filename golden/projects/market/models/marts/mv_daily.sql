{{
    config(
        materialized='materialized_view',
        enabled=(target.type == 'postgres'),
        indexes=[{'columns': ['sold_on'], 'unique': true}]
    )
}}

select
    sold_on,
    count(*) as sale_count,
    cast(sum(amount) as decimal(12, 2)) as amount
from {{ ref('fct_sales') }}
group by sold_on
