select * from {{ ref('sales.daily') }} join {{ ref('scales') }} using (id)
