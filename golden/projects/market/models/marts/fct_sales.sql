{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='sale_id',
        alias='sales'
    )
}}
{% if target.type == 'bigquery' %}
{{ config(incremental_strategy='merge', partition_by={'field': 'sold_on', 'data_type': 'date'}, cluster_by=['store_id', 'sku']) }}
{% endif %}

select
    sales.sale_id,
    sales.store_id,
    sales.sku,
    sales.quantity,
    amounts.amount,
    cast(sales.sold_at as date) as sold_on,
    sales.loaded_at
from {{ ref('stg_sales') }} as sales
inner join {{ ref('int_sale_amounts') }} as amounts on sales.sale_id = amounts.sale_id

{% if is_incremental() %}
where sales.loaded_at > (select max(loaded_at) from {{ this }})
{% endif %}
