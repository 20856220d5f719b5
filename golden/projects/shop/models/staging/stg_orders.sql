select
    id as order_id,
    customer_id,
    lower(trim(status)) as status,
    payment_method,
    ordered_at,
    updated_at
from {{ source('shop', 'orders') }}
