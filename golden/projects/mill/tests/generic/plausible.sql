{% test plausible(model, columns, limits, at_most, share, strict, note) %}
{#- At most a share of the rows, and at most so many, are beyond the limits. A strict one wants a note. -#}
select *
from (
    select *, count(*) over () as all_rows
    from {{ model }}
) as counted
where {{ 'false' if note or not strict else 'true' }}
{%- for column in columns %}
    or {{ column }} < {{ limits.low }}
    or {{ column }} * {{ share }} > {{ limits['high end'] }} + {{ at_most }}
{%- endfor %}
-- {{ note | replace('\n', ' ') }}
{% endtest %}
