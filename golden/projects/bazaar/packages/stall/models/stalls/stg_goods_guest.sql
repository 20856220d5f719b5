select * from {{ source('caravan', 'salt') }}
