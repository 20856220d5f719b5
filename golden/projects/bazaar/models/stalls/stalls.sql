select * from {{ ref('stg_goods') }}
