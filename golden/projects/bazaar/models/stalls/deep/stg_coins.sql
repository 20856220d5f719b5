select * from {{ source('caravan', 'camel.loads') }}
