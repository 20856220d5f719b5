{{ config(alias='item_list' if target.type == 'snowflake' else 'Item List') }}

select
    cast(sku as varchar) as sku,
    cast(name as varchar) as item_name,
    cast(category as varchar) as category
from {{ source('raw_market', 'items') }}
