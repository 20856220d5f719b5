select
    sale_id,
    cast(quantity * unit_price as decimal(12, 2)) as amount
from {{ ref('stg_sales') }}
