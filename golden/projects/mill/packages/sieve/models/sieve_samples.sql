select id as sample_id, weighing_id, protein
from {{ source('lab', 'samples') }}
