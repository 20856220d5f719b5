select * from {{ ref('weights') }}
