with customers as (

    select * from {{ ref('stg_customers') }}

),

countries as (

    select * from {{ ref('countries') }}

),

orders as (

    select customer_id, count(*) as order_count
    from {{ ref('stg_orders') }}
    group by customer_id

)

select
    customers.customer_id,
    customers.customer_name,
    customers.email,
    customers.country_code,
    countries.country_name,
    coalesce(orders.order_count, 0) as order_count
from customers
left join countries on customers.country_code = countries.country_code
left join orders on customers.customer_id = orders.customer_id
