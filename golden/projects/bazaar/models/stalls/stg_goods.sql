select * from {{ source('caravan', 'spices') }} join {{ source('caravan', 'silk') }} using (id)
