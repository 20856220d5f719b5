select
    id as sale_id,
    store_id,
    sku,
    quantity,
    cast(unit_price / 100.0 as {{ 'numeric' if target.type == 'bigquery' else 'decimal(10, 2)' }}) as unit_price,
    sold_at,
    loaded_at
from {{ source('raw_market', 'sales') }}
