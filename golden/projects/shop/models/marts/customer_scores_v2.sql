select
    customers.customer_id,
    customers.order_count,
    cast(coalesce(sum(orders.amount), 0) as decimal(12, 2)) as score
from {{ ref('dim_customers') }} as customers
left join {{ ref('fct_orders') }} as orders on customers.customer_id = orders.customer_id
group by customers.customer_id, customers.order_count
