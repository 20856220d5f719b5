{%- for raw_table in [source('farm', 'deliveries'), source('farm','growers'), source("farm", 'grain_types')] %}
select '{{ raw_table.identifier }}' as raw_table, count(*) as row_count
from {{ raw_table }}
{{ 'union all' if not loop.last }}
{%- endfor %}
