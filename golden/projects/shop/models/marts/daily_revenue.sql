select
    calendar.date_day,
    count(orders.order_id) as order_count,
    cast(coalesce(sum(orders.amount), 0) as decimal(12, 2)) as revenue
from {{ ref('calendar') }} as calendar
left join {{ ref('fct_orders') }} as orders on calendar.date_day = cast(orders.ordered_at as date)
group by calendar.date_day
