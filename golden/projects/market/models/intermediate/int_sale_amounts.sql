select
    sale_id,
    cast(quantity * unit_price as {{ 'numeric' if target.type == 'bigquery' else 'decimal(12, 2)' }}) as amount
from {{ ref('stg_sales') }}
