{{ config(alias='item_list' if target.type == 'snowflake' else 'Item List') }}

select
    cast(sku as {{ 'string' if target.type == 'bigquery' else 'varchar' }}) as sku,
    cast(name as {{ 'string' if target.type == 'bigquery' else 'varchar' }}) as item_name,
    cast(category as {{ 'string' if target.type == 'bigquery' else 'varchar' }}) as category
from {{ source('raw_market', 'items') }}
