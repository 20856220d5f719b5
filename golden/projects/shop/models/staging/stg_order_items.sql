select
    order_id,
    line_number,
    product,
    quantity,
    {{ cents_to_euros('unit_price_cents') }} as unit_price,
    {{ cents_to_euros('quantity * unit_price_cents') }} as amount
from {{ source('shop', 'order_items') }}
