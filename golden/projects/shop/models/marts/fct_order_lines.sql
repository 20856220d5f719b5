{{ config(alias='Order Lines') }}

select
    items.order_id,
    items.line_number,
    orders.customer_id,
    items.product,
    items.quantity,
    items.unit_price,
    items.amount
from {{ ref('stg_order_items') }} as items
inner join {{ ref('stg_orders') }} as orders on items.order_id = orders.order_id
