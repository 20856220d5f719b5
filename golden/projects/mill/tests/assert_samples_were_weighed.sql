select samples.id
from {{ source('lab', 'samples') }} as samples
left join {{ source('scale', 'weighings') }} as weighings on samples.weighing_id = weighings.id
where weighings.id is null
