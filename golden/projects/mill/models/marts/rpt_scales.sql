{{ config(materialized='view') }}

select
    scales.place,
    count(*) as weighing_count,
    sum(weighings.net) as net,
    max(samples.protein) as protein
from {{ ref('stg_weighings') }} as weighings
inner join {{ ref('stg_scales') }} as scales on weighings.scale_id = scales.scale_id
left join {{ ref('sieve', 'sieve_samples') }} as samples on weighings.weighing_id = samples.weighing_id
group by scales.place
