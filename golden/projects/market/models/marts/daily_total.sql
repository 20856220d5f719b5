{{ config(grants={'select': ['reporter']} if target.type == 'postgres' else {}) }}

select
    calendar.date_day,
    count(sales.sale_id) as sale_count,
    cast(coalesce(sum(sales.amount), 0) as {{ 'numeric' if target.type == 'bigquery' else 'decimal(12, 2)' }}) as amount
from {{ ref('calendar') }} as calendar
left join {{ ref('fct_sales') }} as sales on calendar.date_day = sales.sold_on
group by calendar.date_day
