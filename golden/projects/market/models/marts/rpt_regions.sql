{{ config(materialized='view') }}

select
    stores.region_name,
    count(*) as sale_count,
    cast(sum(sales.amount) as {{ 'numeric' if target.type == 'bigquery' else 'decimal(12, 2)' }}) as amount
from {{ ref('fct_sales') }} as sales
inner join {{ ref('dim_stores') }} as stores on sales.store_id = stores.store_id
group by stores.region_name
