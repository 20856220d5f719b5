-- Every order that the source still has is worth what its lines add up to.
select
    orders.order_id,
    orders.amount,
    sum(lines.amount) as amount_of_lines
from {{ ref('fct_orders') }} as orders
inner join {{ ref('fct_order_lines') }} as lines on orders.order_id = lines.order_id
group by orders.order_id, orders.amount
having orders.amount <> sum(lines.amount)
