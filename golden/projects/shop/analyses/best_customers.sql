select
    customers.customer_name,
    scores.score
from {{ ref('customer_scores') }} as scores
inner join {{ ref('dim_customers') }} as customers on scores.customer_id = customers.customer_id
order by scores.score desc
limit 10
