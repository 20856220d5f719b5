{%- for raw_table in [ref('raw_farm__deliveries'), ref('raw_farm__growers'), ref("raw_farm__grain_types")] %}
select '{{ raw_table.identifier }}' as raw_table, count(*) as row_count
from {{ raw_table }}
{{ 'union all' if not loop.last }}
{%- endfor %}
