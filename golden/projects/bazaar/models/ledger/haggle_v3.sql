select 3 as id from {{ ref('dim_goods') }}
