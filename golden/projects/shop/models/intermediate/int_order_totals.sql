select
    order_id,
    count(*) as line_count,
    cast(sum(amount) as decimal(12, 2)) as amount
from {{ ref('stg_order_items') }}
group by order_id
