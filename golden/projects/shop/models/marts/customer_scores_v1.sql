select
    customer_id,
    order_count as score
from {{ ref('dim_customers') }}
