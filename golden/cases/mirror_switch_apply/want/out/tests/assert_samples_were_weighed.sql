select samples.id
from {{ ref('raw_lab__samples') }} as samples
left join {{ ref('raw_scale__weighings') }} as weighings on samples.weighing_id = weighings.id
where weighings.id is null
