select sale_id, amount
from {{ ref('fct_sales') }}
where amount < 0
