{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='order_id',
        alias='orders'
    )
}}

select
    orders.order_id,
    orders.customer_id,
    orders.status,
    orders.payment_method,
    orders.ordered_at,
    orders.updated_at,
    coalesce(totals.line_count, 0) as line_count,
    coalesce(totals.amount, 0) as amount
from {{ ref('stg_orders') }} as orders
left join {{ ref('int_order_totals') }} as totals on orders.order_id = totals.order_id

{% if is_incremental() %}
where orders.updated_at > (select max(updated_at) from {{ this }})
{% endif %}
